/** Why a call was not sent. Neither a better connection nor asking again would mend it. */
export class NotSent extends Error {}

/** The token could not be had. */
export class NoToken extends NotSent {}
