"""The MCP server of the SDK, whose refusals are said in words, in both languages."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from pydantic import ValidationError

from catalog.characters import keepable

log = logging.getLogger(__name__)
_WANTED = {"str": ("cần là một đoạn chữ", "must be text"), "string": ("cần là một đoạn chữ", "must be text"), "int": ("cần là một số nguyên", "must be a whole number"),
           "bool": ("cần là true hoặc false", "must be true or false"), "missing": ("còn thiếu", "is missing")}
_OTHERWISE = ("không hợp với mô tả của công cụ", "does not fit the tool's description")
MAX_NAME = 100  # characters of a name that is repeated to the caller


class Server(MCPServer):
    """Tools with words for whatever cannot be answered; a mistake of ours gets a reference number, its trace stands in the log."""

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        tools = {tool.name: tool for tool in await self.list_tools()}
        if name not in tools:
            called = name[:MAX_NAME]
            raise ToolError(f"Không có công cụ {called}; hãy chọn một trong: {', '.join(tools)}. There is no tool {called}; choose one of these.")
        parameters = tools[name].input_schema.get("properties", {})
        if unknown := [argument[:MAX_NAME] for argument in arguments if argument not in parameters]:
            raise ToolError(f"{name} không có tham số {unknown[0]}; các tham số: {', '.join(parameters) or '0'}. {name} has no parameter {unknown[0]}.")
        try:
            return await super().call_tool(name, keepable(arguments), context)
        except UnexpectedToolError as error:
            reference = secrets.token_hex(4)
            log.exception("tool %s failed, reference %s", name, reference)
            raise ToolError(f"Lỗi của hệ thống; hãy báo mã {reference} cho người vận hành. A mistake of ours; tell the operators the reference {reference}.") from error
        except ToolError as error:
            cause = error.__cause__
            raise ToolError(_said(cause) if isinstance(cause, ValidationError) else str(cause or error)) from error


def _said(wrong: ValidationError) -> str:
    """What is wrong with each argument."""
    lines = []
    for error in wrong.errors(include_url=False, include_input=False, include_context=False):
        vi, en = _WANTED.get(error["type"].partition("_")[0], _OTHERWISE)
        where = ".".join(str(part) for part in error["loc"])[:MAX_NAME]
        lines.append(f"{where} {vi}. {where} {en}.")
    return "\n".join(lines)
