"""One anywidget for each thing a person looks at. A view shows and hands over; it decides nothing."""
