"""Finding a key's line with the parser itself."""

import pytest

from controller.config.lines import line_of

TEXT = '''\
# a remark
name = "x"

[a.b]   # [not.a.table]
text = """
[c]
key = 1
"""
list = [
  1,
  2, # key = 3
]
inline = { deep = { er = 1 } }

[[many]]
key = 1
[[many]]

# about the key
key = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("a",), 4),
        (("a", "b"), 4),
        (("a", "b", "text"), 5),
        (("a", "b", "list"), 9),
        (("a", "b", "list", 1), 9),
        (("a", "b", "inline", "deep", "er"), 13),
        (("a", "b", "nothing"), 4),
        (("many", 0), 15),
        (("many", 0, "key"), 16),
        (("many", 1), 17),
        (("many", 1, "key"), 20),
        (("many", 2, "key"), 15),
        (("nothing", "at", "all"), None),
    ],
)
def test_line(path: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(TEXT, path) == line
