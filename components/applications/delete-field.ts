/** The id of the field that confirms a deletion; links lead straight to it. */
export const DELETE_FIELD_ID = 'delete-confirmation';
