"""A Moodle in memory that speaks the web services of local_zohosync: for tests, and where no Moodle can be had."""

from agent.sandbox.moodle.control import Fault, MoodleControl
from agent.sandbox.moodle.server import RunningMoodle, run_moodle_sandbox, running_moodle_sandbox

__all__ = ["Fault", "MoodleControl", "RunningMoodle", "run_moodle_sandbox", "running_moodle_sandbox"]
