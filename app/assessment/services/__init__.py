"""Acts on quizzes and attempts."""

from app.assessment.services.decisions import decide as decide
from app.assessment.services.ending import close_due as close_due
from app.assessment.services.ending import close_overdue as close_overdue
from app.assessment.services.ending import submit as submit
from app.assessment.services.marking import Mark as Mark
from app.assessment.services.marking import mark as mark
from app.assessment.services.refusals import NoAttemptLeft as NoAttemptLeft
from app.assessment.services.refusals import NotChecked as NotChecked
from app.assessment.services.refusals import NotOpenNow as NotOpenNow
from app.assessment.services.refusals import OnBreak as OnBreak
from app.assessment.services.refusals import Settled as Settled
from app.assessment.services.refusals import StaleAnswer as StaleAnswer
from app.assessment.services.refusals import StepClosed as StepClosed
from app.assessment.services.refusals import TimeOver as TimeOver
from app.assessment.services.refusals import TooEarly as TooEarly
from app.assessment.services.refusals import WrongCode as WrongCode
from app.assessment.services.regrading import Change as Change
from app.assessment.services.regrading import Order as Order
from app.assessment.services.regrading import dry_run as dry_run
from app.assessment.services.regrading import regrade as regrade
from app.assessment.services.reports import answer_report as answer_report
from app.assessment.services.reports import report as report
from app.assessment.services.sitting import Save as Save
from app.assessment.services.sitting import end_break as end_break
from app.assessment.services.sitting import flag as flag
from app.assessment.services.sitting import on_break_until as on_break_until
from app.assessment.services.sitting import save as save
from app.assessment.services.sitting import save_step as save_step
from app.assessment.services.sitting import take_break as take_break
from app.assessment.services.sitting import walk_on as walk_on
from app.assessment.services.starting import prepare as prepare
from app.assessment.services.starting import start as start
from app.assessment.services.supervision import Grant as Grant
from app.assessment.services.supervision import extend as extend
from app.assessment.services.supervision import grant as grant
from app.assessment.services.supervision import set_window as set_window
from app.assessment.services.supervision import void as void
from app.assessment.services.supervision import (
    withdraw_accommodation as withdraw_accommodation,
)
from app.assessment.services.trying import check as check
from app.assessment.services.trying import unfold_hint as unfold_hint
