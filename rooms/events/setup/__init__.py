"""What a host sets up: the event, its groups, rooms, agenda and links, and how long it is all kept."""
