/*
 * findings.c
 *		Rows of the functions that verify: item, ok, detail.
 */
#include "fairdraw.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "findings.h"

void
fairdraw_begin_findings(Findings *findings, FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	findings->rows = (ReturnSetInfo *) fcinfo->resultinfo;
}

/* state: 1 it agrees, 0 it differs, -1 it could not be checked */
void
fairdraw_put_finding(Findings *findings, const char *item, int state, const char *detail)
{
	Datum		values[3];
	bool		nulls[3] = {false, state < 0, false};

	values[0] = CStringGetTextDatum(item);
	values[1] = BoolGetDatum(state > 0);
	values[2] = CStringGetTextDatum(detail);
	tuplestore_putvalues(findings->rows->setResult, findings->rows->setDesc, values, nulls);
}

/* fault: what is wrong; NULL: nothing is */
void
fairdraw_put_fault(Findings *findings, const char *item, const char *fault,
				   const char *otherwise)
{
	fairdraw_put_finding(findings, item, fault == NULL, fault == NULL ? otherwise : fault);
}

bool
fairdraw_put_hash(Findings *findings, const char *item, const char *recorded,
				  const char *computed)
{
	bool		same = recorded != NULL && strcmp(recorded, computed) == 0;

	fairdraw_put_finding(findings, item, same, same ? psprintf("hash %s", computed)
						 : psprintf("recorded hash %s, computed %s",
									recorded == NULL ? "none" : recorded, computed));
	return same;
}
