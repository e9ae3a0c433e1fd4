import type { Tools } from "../state/tools";
import { mount } from "../views/tools";
import { widget } from "./adapter";

export default widget<Tools>(mount);
