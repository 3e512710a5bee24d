import { modules } from './cases/modules';
import { holdOn } from './harness/hold-on';
import { DEVICES, zooOn } from './harness/zoo';

holdOn("upstream's modules", DEVICES, zooOn, modules());
