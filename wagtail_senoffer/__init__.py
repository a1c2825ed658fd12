"""SEN information reports and School Offers for Wagtail."""

__version__ = "0.1.0"
