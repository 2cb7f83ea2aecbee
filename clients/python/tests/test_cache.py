"""The cache, with a clock and answers that come in any order."""

from types import SimpleNamespace

from snakepit_bridge._cache import VariableCache


def variable(value, revision, version=0, name="x", identifier="var_x_1"):
    return SimpleNamespace(id=identifier, name=name, type="integer", value=value, revision=revision, version=version)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def cache(**options):
    clock = Clock()
    return VariableCache(5.0, clock=clock, **options), clock


def answered(cached, one):
    return cached.answered(one, cached.ticket())


def test_a_value_is_found_by_name_and_id_until_its_time_is_over():
    cached, clock = cache()
    answered(cached, variable(1, 1))
    assert cached.find("x").value == cached.find("var_x_1").value == 1
    clock.now = 4.9
    assert cached.find("x").value == 1
    clock.now = 5.0
    assert cached.find("x") is None and cached.type_of("x") == "integer"


def test_an_answer_that_was_overtaken_by_a_watch_gives_the_newer_value():
    cached, _ = cache()
    ticket = cached.ticket()
    cached.told(variable(2, 2, 1), 2)
    assert cached.answered(variable(1, 1), ticket).value == 2
    assert cached.find("x").value == 2


def test_a_watch_that_lags_behind_an_answer_does_not_set_it_back():
    cached, _ = cache()
    answered(cached, variable(3, 3, 2))
    cached.told(variable(2, 2, 1), 2)
    assert cached.find("x").value == 3
    cached.clear()
    cached.told(variable(2, 2, 1), 2)
    assert cached.find("x") is None


def test_a_read_that_was_under_way_during_a_write_is_not_kept():
    cached, _ = cache()
    answered(cached, variable(1, 1))
    ticket = cached.ticket()
    cached.written("x", 1, 2)
    cached.answered(variable(1, 1), ticket)
    assert cached.find("x") is None
    answered(cached, variable(1, 1))
    assert cached.find("x") is None
    answered(cached, variable(2, 2, 1))
    assert cached.find("x").value == 2


def test_a_read_of_what_was_not_known_is_not_kept_if_something_was_written_meanwhile():
    for change in (lambda one: one.written("x", 1, 2), lambda one: one.deleted("x", 2), lambda one: one.clear(), lambda one: one.reset()):
        cached, _ = cache()
        ticket = cached.ticket()
        change(cached)
        assert cached.answered(variable(1, 1), ticket).value == 1
        assert cached.find("x") is None


def test_a_watch_that_lags_behind_a_write_does_not_bring_the_old_value_back():
    for known in (True, False):
        cached, _ = cache()
        if known:
            answered(cached, variable(1, 1))
        cached.written("x", 2, 3)
        cached.told(variable(2, 2, 1), 2)
        assert cached.find("x") is None
        cached.told(variable(5, 4, 3), 4)
        assert cached.find("x").value == 5


def test_what_a_watch_told_of_a_write_before_its_answer_stays():
    cached, _ = cache()
    answered(cached, variable(1, 1))
    cached.told(variable(2, 2, 1), 2)
    cached.written("x", 1, 2)
    assert cached.find("x").value == 2


def test_a_batch_marks_versions_as_the_revisions_of_its_items_are_not_told():
    cached, _ = cache()
    answered(cached, variable(1, 1))
    answered(cached, variable(1, 2, name="y", identifier="var_y_2"))
    cached.written("x", 1, 4)
    cached.written("y", 1, 4)
    answered(cached, variable(2, 3, 1))
    assert cached.find("x").value == 2
    answered(cached, variable(1, 2, name="y", identifier="var_y_2"))
    assert cached.find("y") is None


def test_a_deleted_variable_does_not_come_back_and_its_name_may():
    cached, _ = cache()
    answered(cached, variable(1, 1))
    cached.deleted("var_x_1", 3)
    answered(cached, variable(2, 2, 1))
    cached.told(variable(2, 2, 1), 2)
    assert cached.find("x") is None and cached.find("var_x_1") is None
    answered(cached, variable(7, 4, identifier="var_x_4"))
    assert cached.find("x").value == 7
    answered(cached, variable(2, 2, 1))
    assert cached.find("x").value == 7


def test_a_session_that_was_made_anew_with_the_same_ids_is_read_again():
    cached, _ = cache()
    answered(cached, variable(1, 9, version=5))
    cached.written("x", 6, 10)
    answered(cached, variable(0, 11, version=0))
    assert cached.find("x").value == 0
    cached.written("x", 1, 12)
    assert cached.find("x") is None


def test_it_is_bounded_and_what_was_put_out_does_not_come_back_old():
    cached, _ = cache(capacity=2)
    answered(cached, variable(9, 9))
    for index in (10, 11):
        answered(cached, variable(0, index, name=f"n{index}", identifier=f"i{index}"))
    assert cached.find("x") is None and cached.find("n11") is not None
    cached.told(variable(8, 8), 8)
    assert cached.find("x") is None
    answered(cached, variable(9, 9))
    assert cached.find("x").value == 9


def test_a_server_without_revisions_is_served_too():
    cached, _ = cache()
    answered(cached, variable(1, 0))
    assert cached.find("x").value == 1
    cached.written("x", 1, 0)
    assert cached.find("x") is None
    answered(cached, variable(2, 0, 1))
    assert cached.find("x").value == 2
