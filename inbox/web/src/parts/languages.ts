// The languages that a text can be said to be in, ISO 639-1.

/** Those offered; a text may be in another one all the same. */
export const languageCodes = (
  'en de fr es it nl pt sv da no fi is pl cs sk hu ro bg hr sl sr el tr uk ru et lv lt ga ' +
  'ar he fa ur hi bn ta th vi id ms ja ko zh ca eu gl'
).split(' ');
