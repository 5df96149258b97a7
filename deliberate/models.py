from deliberate.door.models import Receipt

__all__ = ["Receipt"]
