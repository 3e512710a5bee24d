export { runSuite, type SuiteEvent, type SuiteOptions } from './suite/run-suite';
