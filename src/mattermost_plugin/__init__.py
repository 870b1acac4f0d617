"""The wire layer that will make a Python process the server half of a Mattermost plugin."""
