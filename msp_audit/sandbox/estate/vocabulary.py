"""The invented MSP's words: companies, towns, makers, models, host names."""

from __future__ import annotations

#: Name, code in host names and identifiers, town. The first is the MSP itself.
COMPANIES: tuple[tuple[str, str, str], ...] = (
    ("Northwind Managed IT", "NWI", "Seattle"),
    ("Harbor Dental Group", "HDG", "Tacoma"),
    ("Cascade Orthopedic Clinic", "COC", "Bellevue"),
    ("O'Brien & Sons Plumbing", "OBS", "Everett"),
    ("Puget Sound Credit Union", "PSCU", "Olympia"),
    ("Evergreen Veterinary Hospital", "EVH", "Redmond"),
    ("Rainier Brewing Supply, LLC", "RBS", "Yakima"),
    ("Whitfield Hayes LLP", "WHL", "Seattle"),
    ("Salish Marine Electronics", "SME", "Anacortes"),
    ("Bluebird Early Learning", "BEL", "Kirkland"),
    ("Pacific Crest Logistics", "PCL", "Kent"),
    ("Café Lumière Roasters", "CLR", "Portland"),
    ("Tri-Cities Cold Storage", "TCS", "Pasco"),
    ("Snoqualmie Valley Church", "SVC", "North Bend"),
    ("Ångström Instruments", "ANG", "Bothell"),
    ("Kessler Machine & Tool", "KMT", "Auburn"),
    ("Lakeside Family Law", "LFL", "Lakewood"),
    ("Mount Baker Outfitters", "MBO", "Bellingham"),
    ("Columbia Basin Irrigation", "CBI", "Moses Lake"),
    ("Peninsula Title & Escrow", "PTE", "Port Angeles"),
    ("Goldfinch Accounting Partners", "GAP", "Spokane"),
    ("Sterling Oaks Senior Living", "SOS", "Puyallup"),
    ("Vashon Island Foods Co-op", "VIF", "Vashon"),
    ("Cedar Ridge Construction", "CRC", "Issaquah"),
    ("Juniper Street Architects", "JSA", "Portland"),
    ("Three Rivers Insurance", "TRI", "Kennewick"),
    ("Wenatchee Fruit Growers", "WFG", "Wenatchee"),
    ("Orca Bay Seafood, Inc.", "OBF", "Renton"),
    ("Maple & Main Realty", "MMR", "Vancouver"),
    ("Skagit Tulip Farms", "STF", "Mount Vernon"),
)
TOWNS: tuple[str, ...] = tuple(dict.fromkeys(town for _, _, town in COMPANIES))
FIRST_WORDS = (
    "Alder", "Amber", "Aspen", "Beacon", "Birch", "Bridgeport", "Canyon", "Cobalt", "Copper", "Crescent",
    "Eastgate", "Falcon", "Fir", "Glacier", "Granite", "Heron", "Highland", "Hawthorn", "Ivy", "Keystone",
    "Larch", "Liberty", "Magnolia", "Meridian", "Millstone", "North Fork", "Oakmont", "Osprey", "Pinecrest",
    "Quarry",
    "Redwood", "Ridgeline", "Sandpiper", "Silverlake", "Summit", "Timber", "Union", "Vista", "Westbrook",
    "Willow",
)  # fmt: skip
SECOND_WORDS = (
    "Advisors", "Builders", "Catering", "Chiropractic", "Clinic", "Credit Union", "Dental", "Design",
    "Electric",
    "Engineering", "Equipment", "Fabrication", "Farms", "Foods", "Freight", "Glass", "Hardware", "Homes",
    "Hospice",
    "Imaging", "Insurance", "Labs", "Law", "Library", "Logistics", "Lumber", "Manufacturing", "Marine",
    "Media",
    "Metals", "Motors", "Optical", "Packaging", "Pediatrics", "Pharmacy", "Printing", "Properties", "Schools",
    "Surveying", "Textiles",
)  # fmt: skip
LAST_WORDS = ("Group", "Inc.", "LLC", "Partners", "Associates", "Co.", "Services", "Holdings", "of Oregon",
              "of Idaho", "West", "Northwest")  # fmt: skip
SITE_WORDS = ("Branch", "Warehouse", "Annex", "Clinic", "Office", "Workshop")
STREETS = ("Pine St", "Harbor Ave", "2nd Ave", "Industrial Way", "Cedar Rd", "Lake Blvd", "Railroad Ave")
USERS = ("amartin", "bnguyen", "cgarcia", "dolsen", "efischer", "fokafor", "gpatel", "hkim", "ijohnson",
         "jsilva",
         "klarsen", "lchen", "mdavis", "nrossi", "obrown", "pwright")  # fmt: skip

#: Maker as the BIOS says it, models, PSA manufacturer id, MAC prefix.
WORKSTATION_MAKERS: tuple[tuple[str, tuple[str, ...], int, str], ...] = (
    ("Dell Inc.", ("Latitude 5440", "OptiPlex 7010", "Precision 3660", "Latitude 7430"), 1, "d4be09"),
    ("Dell Inc.", ("Latitude 5420", "OptiPlex 5090", "Latitude 3520", "XPS 13 9310"), 1, "b88584"),
    ("HP", ("HP EliteBook 840 G9", "HP ProDesk 600 G6", "HP ProBook 450 G8", "HP Z2 G9"), 2, "3cecef"),
    ("LENOVO", ("ThinkPad T14 Gen 3", "ThinkCentre M70q", "ThinkPad X1 Carbon", "ThinkPad E15"), 4, "e86a64"),
    ("Apple Inc.", ("MacBookPro18,3", "Macmini9,1", "Mac14,2", "MacBookAir10,1"), 5, "f0189b"),
)
SERVER_MAKERS: tuple[tuple[str, tuple[str, ...], int, str], ...] = (
    ("Dell Inc.", ("PowerEdge R650", "PowerEdge T350"), 1, "e4434b"),
    ("VMware, Inc.", ("VMware Virtual Platform", "VMware7,1"), 7, "005056"),
    ("HPE", ("ProLiant DL380 Gen10", "ProLiant ML110 Gen10"), 3, "9457a5"),
    ("Microsoft Corporation", ("Virtual Machine", "Virtual Machine"), 6, "00155d"),
)
WORKSTATION_SYSTEMS = (
    ("Microsoft Windows 11 Pro x64", "10.0.22631"),
    ("Microsoft Windows 11 Pro x64", "10.0.26100"),
    ("Microsoft Windows 11 Business x64", "10.0.22631"),
    ("Microsoft Windows 10 Pro x64", "10.0.19045"),
)
MAC_SYSTEM = ("Mac OS X 15.1 Sequoia", "24.1.0")
SERVER_SYSTEMS = (
    ("Microsoft Windows Server 2022 Standard x64", "10.0.20348"),
    ("Microsoft Windows Server 2019 Standard x64", "10.0.17763"),
    ("Microsoft Windows Server 2016 Standard x64", "10.0.14393"),
    ("Ubuntu Server 22.04.5 LTS", "5.15.0"),
)
SERVER_ROLES = ("DC", "FS", "APP", "SQL", "RDS", "PRT", "HV", "BKP")

#: What stands at each place of a tenant's rack: class, make, models, host part, PSA type id, MAC prefix,
#: managed. ``server`` and ``workstation`` are machines that Automate knows too.
RACK: tuple[tuple[str, str, tuple[str, ...], str, int, str, bool], ...] = (
    ("firewall", "Fortinet", ("FortiGate-60F", "FortiGate-100F"), "FW", 17, "e023ff", True),
    ("switch", "Cisco", ("Catalyst 1000-24P", "CBS350-48P-4G"), "SW", 16, "70db98", True),
    ("accessPoint", "Ubiquiti", ("U6-Pro", "U6-LR"), "AP", 18, "fcecda", True),
    ("server", "", (), "", 14, "", True),
    ("printer", "HP", ("LaserJet M507", "OfficeJet 9120"), "MFP", 21, "a0481c", False),
    ("ups", "APC", ("Smart-UPS 1500", "Smart-UPS 3000"), "UPS", 20, "00c0b7", True),
    ("switch", "Cisco Meraki", ("MS120-24P", "MS225-48LP"), "SW", 16, "0cd996", True),
    ("workstation", "", (), "", 15, "", False),
    ("accessPoint", "Cisco Meraki", ("MR36", "MR46"), "AP", 18, "e0553d", True),
    ("storage", "Synology", ("RS1221+", "DS923+"), "NAS", 22, "001132", True),
    ("ipPhone", "Yealink", ("T54W", "T46U"), "PHN", 26, "805ec0", False),
    ("l3Switch", "Cisco", ("Catalyst 9300-24T", "Catalyst 9200L"), "CORE", 16, "f84f57", True),
    ("accessPoint", "Ubiquiti", ("U6-Pro", "U7-Pro"), "AP", 18, "fcecda", True),
    ("camera", "Axis", ("M3085-V", "P3265-LVE"), "CAM", 26, "accc8e", False),
)
#: Device makes as Auvik writes them -> PSA manufacturer id.
MAKES = {"Cisco": 8, "Cisco Meraki": 9, "Fortinet": 10, "Ubiquiti": 11, "APC": 12, "Synology": 13, "HP": 2,
         "Yealink": 14, "Axis": 15}  # fmt: skip


def company_words(index: int) -> tuple[str, str, str]:
    """Name, code and town of the company of that index; names and codes never repeat."""
    if index < len(COMPANIES):
        return COMPANIES[index]
    rest, first = divmod(index - len(COMPANIES), len(FIRST_WORDS))
    rest, second = divmod(rest, len(SECOND_WORDS))
    round_, last = divmod(rest, len(LAST_WORDS))
    second = (second + first) % len(SECOND_WORDS)
    name = f"{FIRST_WORDS[first]} {SECOND_WORDS[second]} {LAST_WORDS[last]}"
    if round_:
        name += f" {round_ + 1}"
    code = f"{FIRST_WORDS[first][0]}{SECOND_WORDS[second][0]}{index:X}"
    return name, code, TOWNS[index % len(TOWNS)]
