"""What `app.traffic` is made of: mapped classes in, queries and measurements out."""
