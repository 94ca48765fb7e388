"""Ten years of totals for the screens to be measured on."""
