export { ConformanceError, type Check } from './check';
export { conform, type ConformOptions } from './conform';
export { ErrorReport, type ErrorEntry } from './report';
export { variants } from './variants';
