"""config.toml: read, overlaid with environment and credentials, checked; a line a fault."""
