"""Words, stems, scripts, languages and dates in text. Knows nothing of messages and indexes."""
