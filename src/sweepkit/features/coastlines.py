"""Coarse hand-written shorelines of California, good to about 2 km."""

Line = tuple[tuple[float, float], ...]

# Points are (latitude, longitude) in degrees on WGS 84, rounded to 0.01, written down
# from general geographic knowledge; straight lines join them. Enough to tell how far
# a block group lies from the water, not enough to draw a chart.

_PACIFIC: Line = (
    (42.00, -124.21),  # Oregon border
    (41.75, -124.21),  # Crescent City
    (41.54, -124.08),  # mouth of the Klamath
    (41.06, -124.15),  # Trinidad
    (40.80, -124.20),  # Samoa, Humboldt Bay
    (40.64, -124.31),  # mouth of the Eel
    (40.44, -124.41),  # Cape Mendocino
    (40.26, -124.36),  # Punta Gorda
    (40.02, -124.07),  # Shelter Cove
    (39.60, -123.79),  # Westport
    (39.44, -123.81),  # Fort Bragg
    (39.30, -123.80),  # Mendocino
    (38.95, -123.73),  # Point Arena
    (38.77, -123.53),  # Gualala
    (38.51, -123.25),  # Fort Ross
    (38.31, -123.07),  # Bodega Head
    (38.23, -122.98),  # Tomales Point
    (38.00, -123.02),  # Point Reyes
    (38.03, -122.88),  # Drakes Bay
    (37.91, -122.70),  # Bolinas
    (37.82, -122.53),  # Point Bonita
    (37.78, -122.51),  # Lands End, San Francisco
    (37.70, -122.50),  # Daly City
    (37.60, -122.50),  # Pacifica
    (37.50, -122.50),  # Pillar Point
    (37.25, -122.42),  # Pescadero
    (37.11, -122.33),  # Año Nuevo
    (36.95, -122.06),  # Santa Cruz
    (36.97, -121.92),  # Aptos
    (36.80, -121.79),  # Moss Landing
    (36.61, -121.86),  # Seaside
    (36.64, -121.93),  # Point Pinos, Monterey
    (36.52, -121.95),  # Point Lobos
    (36.31, -121.90),  # Point Sur
    (36.02, -121.55),  # Lucia
    (35.66, -121.28),  # Piedras Blancas
    (35.56, -121.10),  # Cambria
    (35.37, -120.87),  # Morro Bay
    (35.25, -120.90),  # Point Buchon
    (35.16, -120.74),  # Avila Beach
    (35.13, -120.64),  # Pismo Beach
    (34.90, -120.67),  # Point Sal
    (34.58, -120.65),  # Point Arguello
    (34.45, -120.47),  # Point Conception
    (34.47, -120.23),  # Gaviota
    (34.41, -119.88),  # Goleta
    (34.40, -119.69),  # Santa Barbara
    (34.39, -119.51),  # Carpinteria
    (34.27, -119.29),  # Ventura
    (34.15, -119.22),  # Port Hueneme
    (34.09, -119.07),  # Point Mugu
    (34.00, -118.81),  # Point Dume
    (34.03, -118.68),  # Malibu
    (34.01, -118.50),  # Santa Monica
    (33.84, -118.39),  # Redondo Beach
    (33.77, -118.42),  # Palos Verdes Point
    (33.71, -118.29),  # Point Fermin
    (33.76, -118.20),  # Long Beach
    (33.74, -118.11),  # Seal Beach
    (33.66, -118.01),  # Huntington Beach
    (33.60, -117.90),  # Newport Beach
    (33.54, -117.79),  # Laguna Beach
    (33.46, -117.71),  # Dana Point
    (33.38, -117.58),  # San Onofre
    (33.20, -117.39),  # Oceanside
    (33.04, -117.30),  # Encinitas
    (32.85, -117.28),  # La Jolla
    (32.67, -117.24),  # Point Loma
    (32.58, -117.13),  # Imperial Beach
    (32.53, -117.12),  # Mexican border
)

# From Newark north and round to Hunters Point. The shore further south is left out on
# purpose: people there count as living an hour from the ocean rather than by the bay.
_SAN_FRANCISCO_BAY: Line = (
    (37.51, -122.09),  # Newark
    (37.61, -122.15),  # Hayward
    (37.70, -122.20),  # San Leandro
    (37.77, -122.28),  # Alameda
    (37.82, -122.32),  # Oakland
    (37.87, -122.32),  # Berkeley
    (37.91, -122.38),  # Richmond
    (37.97, -122.43),  # Point San Pablo
    (38.00, -122.33),  # Pinole
    (38.06, -122.23),  # Carquinez Strait
    (38.12, -122.28),  # Mare Island, Vallejo
    (38.13, -122.42),  # Sonoma Creek
    (38.10, -122.49),  # Novato
    (37.97, -122.48),  # San Rafael
    (37.86, -122.48),  # Sausalito
    (37.83, -122.48),  # Golden Gate, north side
    (37.81, -122.48),  # Golden Gate, south side
    (37.81, -122.41),  # Fisherman's Wharf
    (37.74, -122.37),  # Hunters Point
)

# Along the islands' backs; between islands the line runs over open water, where no
# one lives.
_CHANNEL_ISLANDS: Line = (
    (34.04, -120.39),  # San Miguel
    (33.97, -120.10),  # Santa Rosa
    (34.02, -119.80),  # Santa Cruz, west
    (34.00, -119.56),  # Santa Cruz, east
    (34.01, -119.39),  # Anacapa
    (33.25, -119.50),  # San Nicolas
    (33.02, -118.59),  # San Clemente, north
    (32.83, -118.40),  # San Clemente, south
    (33.33, -118.33),  # Santa Catalina, Avalon
    (33.47, -118.59),  # Santa Catalina, west end
)

COASTLINES: dict[str, Line] = {
    "california": _PACIFIC,
    "san_francisco_bay": _SAN_FRANCISCO_BAY,
    "channel_islands": _CHANNEL_ISLANDS,
}
