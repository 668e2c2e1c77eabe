"""Machine-readable zones of travel documents and visas, ICAO Doc 9303 parts 3 to 7: read with findings, written."""
