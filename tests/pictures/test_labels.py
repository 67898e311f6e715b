"""Labels beside their points."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from controller.pictures.labels import Label, place_labels

ROOM = (0.0, 400.0)


def test_a_label_stands_to_the_right_and_at_the_edge_to_the_left() -> None:
    (right,) = place_labels([Label(50.0, 50.0, 14.0)], [(50.0, 50.0)], ROOM)
    (left,) = place_labels([Label(395.0, 50.0, 14.0)], [(395.0, 50.0)], ROOM)
    assert right is not None
    assert left is not None
    assert right[0] > 0 > left[0]


def test_no_label_where_there_is_no_room() -> None:
    crowd = [(float(x), float(y)) for x in range(0, 400, 6) for y in range(0, 100, 6)]
    assert place_labels([Label(200.0, 50.0, 70.0)], crowd, ROOM) == [None]


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 200), st.floats(1, 60)), max_size=15))
def test_labels_cover_neither_points_nor_one_another(points: list[tuple[float, float, float]]) -> None:
    labels = [Label(*point) for point in points]
    offsets = place_labels(labels, [(x, y) for x, y, _ in points], ROOM)
    boxes = [
        (label.x + offset[0], label.y + offset[1], label.width)
        for label, offset in zip(labels, offsets, strict=True)
        if offset is not None
    ]
    for number, (left, middle, width) in enumerate(boxes):
        assert not any(left < x < left + width and abs(y - middle) < 3 for x, y, _ in points)
        for other_left, other_middle, other_width in boxes[:number]:
            apart = left >= other_left + other_width or other_left >= left + width
            assert apart or abs(middle - other_middle) >= 7
