import { models } from './cases/models';
import { holdOn } from './harness/hold-on';
import { DEVICES, zooOn } from './harness/zoo';

holdOn("upstream's models", DEVICES, zooOn, models());
