"""The register of projects, their roles and what each role demands."""
