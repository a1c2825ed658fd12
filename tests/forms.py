"""What a browser posts when an editor presses a button in a page's form."""

from typing import Any

from django import forms
from wagtail import blocks

# The button, and the answer to what changed.
PUBLISH = {"action-publish": "1", "change_note": "Changed."}


def form_data(page: Any, **more: str) -> dict[str, Any]:
    """Return the POST data of a page's form as it stands, with `more` such as action-publish."""
    form_class = page.get_edit_handler().bind_to_model(type(page)).get_form_class()
    form = form_class(instance=page, parent_page=page.get_parent())
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if isinstance(field, blocks.base.BlockField):
            data |= _block(field.block, value, name)
        else:
            _add(data, name, field.widget.format_value(field.prepare_value(value)))
    for name, formset in form.formsets.items():
        data |= {f"{name}-{key}": "0" for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
        data |= {f"{name}-MAX_NUM_FORMS": "1000"}
        assert not formset.forms
    return data | more


def _add(data: dict[str, Any], name: str, value: Any) -> None:
    # A browser does not post an empty checkbox or an empty list.
    if value not in (None, [], [""]):
        data[name] = value


def _block(block: Any, value: Any, name: str) -> dict[str, Any]:
    if isinstance(block, blocks.StreamBlock):
        children = [(child.block, child.value, child.block_type, child.id) for child in value]
        return _list(children, name, typed=True)
    if isinstance(block, blocks.ListBlock):
        children = [(block.child_block, child.value, "", child.id) for child in value.bound_blocks]
        return _list(children, name, typed=False)
    data: dict[str, Any] = {}
    if isinstance(block, blocks.StructBlock):
        for child_name, child in block.child_blocks.items():
            data |= _block(child, value.get(child_name), f"{name}-{child_name}")
        return data
    widget = block.field.widget
    shown = block.field.prepare_value(block.value_for_form(value))
    if isinstance(widget, forms.CheckboxInput):
        _add(data, name, "on" if shown else None)
    elif hasattr(block, "target_model"):
        _add(data, name, getattr(value, "pk", None))
    else:
        _add(data, name, widget.format_value(shown))
    return data


def _list(children: list[Any], name: str, *, typed: bool) -> dict[str, Any]:
    data: dict[str, Any] = {f"{name}-count": str(len(children))}
    for index, (block, value, block_type, block_id) in enumerate(children):
        prefix = f"{name}-{index}"
        data |= {
            f"{prefix}-deleted": "",
            f"{prefix}-order": str(index),
            f"{prefix}-id": block_id or "",
        }
        data |= {f"{prefix}-type": block_type} if typed else {}
        data |= _block(block, value, f"{prefix}-value")
    return data
