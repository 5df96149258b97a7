from __future__ import annotations

from deliberate.door.registry import NoFields, command
from deliberate.roles import HOST, MODERATOR
from rooms.events import actions, forms, setup

command("events.move_on", form=NoFields, who=[MODERATOR])(actions.move_on)

command("events.settings", form=forms.SettingsForm, who=[HOST])(setup.settings)
command("events.keep_until", form=forms.RetentionForm, who=[HOST])(setup.keep_until)
command("events.delete", form=forms.DeleteForm, who=[HOST])(setup.delete)
command("events.add_group", form=forms.GroupForm, who=[HOST])(setup.add_group)
command("events.edit_group", form=forms.EditGroupForm, who=[HOST])(setup.edit_group)
command("events.remove_group", form=forms.ThisGroupForm, who=[HOST])(setup.remove_group)
command("events.add_room", form=forms.RoomForm, who=[HOST])(setup.add_room)
command("events.edit_room", form=forms.RoomForm, who=[HOST])(setup.edit_room)
command("events.add_item", form=forms.ItemForm, who=[HOST])(setup.add_item)
command("events.edit_item", form=forms.EditItemForm, who=[HOST])(setup.edit_item)
command("events.remove_item", form=forms.ThisItemForm, who=[HOST])(setup.remove_item)
command("events.move_item", form=forms.MoveItemForm, who=[HOST])(setup.move_item)
command("events.new_link", form=forms.LinkForm, who=[HOST])(setup.new_link)
command("events.revoke_link", form=forms.ThisLinkForm, who=[HOST])(setup.revoke_link)
