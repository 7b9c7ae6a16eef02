"""Results drawn: as a page for a terminal or Markdown, and as a JSON document. Views only draw."""
