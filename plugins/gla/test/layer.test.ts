import { layers } from './cases/layers';
import { holdOn } from './harness/hold-on';
import { DEVICES, zooOn } from './harness/zoo';

holdOn("upstream's layer", DEVICES, zooOn, layers());
