"""Django's admin as an app, with our site."""

from django.contrib.admin.apps import AdminConfig


class SanweiAdminConfig(AdminConfig):
    """Django admin with the officers' site."""

    default_site = "config.panel.OfficerSite"
