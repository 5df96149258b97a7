from __future__ import annotations

from deliberate.door.registry import NoFields, command
from deliberate.roles import HOST, MODERATOR
from rooms.events import actions, forms
from rooms.events.setup import event, groups, links, rooms

command("events.settings", form=forms.SettingsForm, who=[HOST])(event.settings)
command("events.keep_until", form=forms.RetentionForm, who=[HOST])(event.keep_until)
command("events.delete", form=forms.DeleteForm, who=[HOST], remembered=False)(event.delete)
command("events.add_group", form=forms.GroupForm, who=[HOST])(groups.add_group)
command("events.edit_group", form=forms.EditGroupForm, who=[HOST])(groups.edit_group)
command("events.remove_group", form=forms.ThisGroupForm, who=[HOST])(groups.remove_group)
command("events.add_room", form=forms.RoomForm, who=[HOST])(rooms.add_room)
command("events.edit_room", form=forms.RoomForm, who=[HOST])(rooms.edit_room)
command("events.add_item", form=forms.ItemForm, who=[HOST])(rooms.add_item)
command("events.edit_item", form=forms.EditItemForm, who=[HOST])(rooms.edit_item)
command("events.remove_item", form=forms.ThisItemForm, who=[HOST])(rooms.remove_item)
command("events.move_item", form=forms.MoveItemForm, who=[HOST])(rooms.move_item)
command("events.new_link", form=forms.LinkForm, who=[HOST])(links.new_link)
command("events.revoke_link", form=forms.ThisLinkForm, who=[HOST])(links.revoke_link)

command("events.move_on", form=forms.MoveOnForm, who=[MODERATOR])(actions.move_on)
command("events.move_back", form=NoFields, who=[MODERATOR])(actions.move_back)
