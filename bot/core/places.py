"""Cities, countries and abbreviations that people type for a time zone, beside the zones' own names."""

# One line a zone: the zone, then what people call it.
_LINES = """
Africa/Accra: Ghana
Africa/Addis_Ababa: Ethiopia
Africa/Cairo: Egypt, Alexandria
Africa/Casablanca: Morocco, Rabat
Africa/Johannesburg: South Africa, Cape Town, Durban, Pretoria
Africa/Lagos: Nigeria, Abuja
Africa/Nairobi: Kenya
America/Argentina/Buenos_Aires: Argentina
America/Bogota: Colombia, Medellin
America/Chicago: Dallas, Houston, Austin, Central Time, CST
America/Denver: Mountain Time, MST
America/Edmonton: Calgary
America/Guayaquil: Quito
America/Lima: Peru
America/Los_Angeles: San Francisco, LA, Seattle, San Diego, Las Vegas, Pacific Time, PST, PDT
America/Mexico_City: Mexico, Guadalajara
America/New_York: New York City, NYC, Boston, Washington, Miami, Atlanta, Philadelphia, Eastern Time, EST, EDT
America/Santiago: Chile
America/Sao_Paulo: Brazil, Brasilia, Rio de Janeiro, Rio
America/Toronto: Montreal, Ottawa
Asia/Baghdad: Iraq
Asia/Bangkok: Thailand
Asia/Colombo: Sri Lanka
Asia/Dhaka: Bangladesh
Asia/Dubai: Abu Dhabi, UAE
Asia/Ho_Chi_Minh: Saigon, Hanoi, Vietnam
Asia/Hong_Kong: HKT
Asia/Jakarta: Indonesia, WIB
Asia/Jerusalem: Israel, Tel Aviv
Asia/Karachi: Lahore, Islamabad, Pakistan
Asia/Kathmandu: Nepal
Asia/Kolkata: Mumbai, Delhi, New Delhi, Bangalore, Bengaluru, Hyderabad, Chennai, Pune, Ahmedabad, India, IST
Asia/Kuala_Lumpur: Malaysia
Asia/Makassar: Bali
Asia/Manila: Philippines
Asia/Riyadh: Saudi Arabia, Jeddah
Asia/Seoul: Korea, South Korea
Asia/Shanghai: Beijing, Shenzhen, Guangzhou, China
Asia/Singapore: SGT
Asia/Tehran: Iran
Asia/Tokyo: Osaka, Kyoto, Japan, JST
Australia/Sydney: Canberra, AEST
Europe/Amsterdam: Netherlands, Rotterdam
Europe/Athens: Greece
Europe/Belgrade: Serbia
Europe/Berlin: Germany, Munich, Hamburg, Frankfurt, Cologne, CET, CEST
Europe/Bucharest: Romania
Europe/Budapest: Hungary
Europe/Copenhagen: Denmark
Europe/Dublin: Ireland
Europe/Helsinki: Finland
Europe/Istanbul: Ankara, Izmir, Turkey
Europe/Kyiv: Kiev, Kyiv, Ukraine
Europe/Lisbon: Portugal, Porto
Europe/London: UK, England, Manchester, Edinburgh, BST
Europe/Madrid: Spain, Barcelona
Europe/Moscow: Saint Petersburg, MSK
Europe/Oslo: Norway
Europe/Paris: France, Lyon
Europe/Prague: Czechia
Europe/Rome: Italy, Milan
Europe/Stockholm: Sweden
Europe/Vienna: Austria
Europe/Warsaw: Poland, Krakow, Wroclaw
Europe/Zurich: Geneva, Switzerland
Pacific/Auckland: Wellington, New Zealand
UTC: GMT, UTC, Z
"""

ALSO = {name: zone for zone, _, names in (line.partition(": ") for line in _LINES.strip().splitlines()) for name in names.split(", ")}

# Zones without daylight saving (or the nearest to it) for distances to UTC that are no whole hour, in minutes.
ODD_OFFSETS = {
    -570: "Pacific/Marquesas",
    -210: "America/St_Johns",
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
    630: "Australia/Lord_Howe",
    765: "Pacific/Chatham",
}

# Offered as buttons, one for each part of the world with many learners.
CITIES = (
    ("London", "Europe/London"),
    ("Berlin", "Europe/Berlin"),
    ("Istanbul", "Europe/Istanbul"),
    ("Moscow", "Europe/Moscow"),
    ("Lagos", "Africa/Lagos"),
    ("Dubai", "Asia/Dubai"),
    ("Mumbai", "Asia/Kolkata"),
    ("Dhaka", "Asia/Dhaka"),
    ("Singapore", "Asia/Singapore"),
    ("Tokyo", "Asia/Tokyo"),
    ("New York", "America/New_York"),
    ("São Paulo", "America/Sao_Paulo"),
)
