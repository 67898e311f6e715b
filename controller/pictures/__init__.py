"""Pictures for people: a day, a sweep; as SVG, or as a page of HTML that needs nothing else."""
