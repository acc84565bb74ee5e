"""OpenDocument files: texts (.odt) and spreadsheets (.ods), zipped or as one XML file (.fodt, .fods)."""
