export { runSuite, type SuiteEvent, type SuiteOptions } from './suite/run-suite';
export { renderReport } from './report/render';
export { writeResults } from './report/write';
export type { Entry, FigureRow, Goal, Machine, Peak, Row, SuiteResult, TimedRow } from './results';
