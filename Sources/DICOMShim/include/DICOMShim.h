// The header is CDICOM's, which Swift imports without this library.
#include "../../CDICOM/CDICOM.h"
