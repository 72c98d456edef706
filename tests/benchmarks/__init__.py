"""Speed as ratios measured in one run: see docs/operating.md. Run with `./cadre bench`."""
