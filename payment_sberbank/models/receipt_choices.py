"""What is chosen from in several places where receipts are set up, as selections of Odoo."""

# Tag 1212: what a shop may sell, in the names of `gateway.Subject`.
SUBJECTS = [
    ('commodity', "Goods"),
    ('service', "Service"),
    ('job', "Work"),
    ('intellectual_activity', "Results of intellectual activity"),
    ('property_right', "Property right"),
    ('agent_commission', "Agent's commission"),
    ('deposit', "Deposit"),
    ('excise', "Excisable goods without marking"),
    ('marked', "Marked goods"),
    ('marked_excise', "Marked excisable goods"),
    ('unreadable_mark', "Marked goods without a code"),
    ('non-operating_gain', "Non-operating gain"),
    ('another', "Other"),
]

# Rates of VAT, in the names of `gateway.Vat`.
RATES = [
    ('none', "Without VAT"),
    ('0', "0 %"),
    ('5', "5 %"),
    ('7', "7 %"),
    ('10', "10 %"),
    ('20', "20 %"),
    ('22', "22 %"),
]

# Tag 2108: the codes of units.
MEASURES = [
    ('0', "Piece, or service"),
    ('10', "Gram"),
    ('11', "Kilogram"),
    ('12', "Ton"),
    ('20', "Centimeter"),
    ('21', "Decimeter"),
    ('22', "Meter"),
    ('30', "Square centimeter"),
    ('31', "Square decimeter"),
    ('32', "Square meter"),
    ('40', "Milliliter"),
    ('41', "Liter"),
    ('42', "Cubic meter"),
    ('50', "Kilowatt hour"),
    ('51', "Gigacalorie"),
    ('70', "Day"),
    ('71', "Hour"),
    ('72', "Minute"),
    ('73', "Second"),
    ('80', "Kilobyte"),
    ('81', "Megabyte"),
    ('82', "Gigabyte"),
    ('83', "Terabyte"),
    ('255', "Other"),
]
