"""The page at `/`: its files, and the headers they are sent with."""
