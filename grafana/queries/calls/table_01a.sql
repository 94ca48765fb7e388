-- Table 01a of the bulletin, as printed, for the chosen month: no simulated call is in it.
SELECT * FROM bulletin_01a(month = ${month:singlequote})
