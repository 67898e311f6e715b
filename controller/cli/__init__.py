"""The command line; one module a command group, each imported only when it is asked for."""
