import type { Connectors } from "../state/connectors";
import { mount } from "../views/connectors";
import { widget } from "./adapter";

export default widget<Connectors>(mount);
