"""The application, for any WSGI server and for the `flask` command."""

from app.factory import create_app, settle

app = create_app()
settle()
