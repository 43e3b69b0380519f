/** How far an organisation can push its apps at another one. */

/** Days that an offer waits for the other side. */
export const TRANSFER_DAYS = 7;

/** Days in which an organisation is not offered an app again that it has declined. */
export const DECLINED_DAYS = 30;

/** Offers of one organisation that wait for another one. */
export const MAX_OPEN_OFFERS = 5;

/** Offers that are shown at once; how many more there are is said. */
export const OFFERS_SHOWN = 10;
