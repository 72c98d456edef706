"""Planning every open role at once, in the background; the PMO looks, and proposes what fits."""
