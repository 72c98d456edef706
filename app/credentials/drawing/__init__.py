"""From a row to a sheet: designs, fonts, and the process of its own in which a PDF is drawn."""
