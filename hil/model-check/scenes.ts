import type { Scene } from './happening.js';

/** Two drives, three slots, a picker and two cartridges; applications open what is mounted. */
export const withoutPeople: Scene = { thirdTape: false, port: false, door: false, handles: true };

/** With a door, and the people who carry cartridges through it. */
export const withDoor: Scene = { ...withoutPeople, door: true };

/** All of it: three cartridges, a port, a door, and people at both. */
export const whole: Scene = { thirdTape: true, port: true, door: true, handles: true };
