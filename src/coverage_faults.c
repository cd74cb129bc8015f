/*
 * coverage_faults.c
 *		What can be wrong with the checks of coverage(), and which visit it is.
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "lib/stringinfo.h"

#include "coverage_checks.h"

/* Has a visit "v" all of these bits? */
char *
fairdraw_has_bits(int bits)
{
	return psprintf("(v.bits OPERATOR(pg_catalog.&) %d) OPERATOR(pg_catalog.=) %d", bits, bits);
}

/* The condition on a visit "v"; NULL: it cannot have the fault. */
static char *
visit_fault(const Checks *checks, int fault)
{
	int			column = CHECK_RANDOM + (fault - FAULT_FLAGS) / 2;
	int			shift;

	switch (fault)
	{
		case FAULT_NULL_GROUP:
			return checks->columns[CHECK_GRP].found ? "v.grp IS NULL" : NULL;
		case FAULT_NULL_VISIT:
			return "v.visit IS NULL";
		case FAULT_NULL_UID:
			return fairdraw_has_bits(NULL_UID);
		case FAULT_TWO_UIDS:
			return "v.uid OPERATOR(pg_catalog.<>) v.other_uid";
		case FAULT_ENDLESS_DAY:
			return checks->columns[CHECK_DONE_ON].found ? fairdraw_has_bits(ENDLESS_DAY) : NULL;
	}
	if (!checks->columns[column].found)
		return NULL;
	/* a flag has to be known where it counts */
	shift = fairdraw_flag_shift(column);
	return psprintf("%s AND %s", column == CHECK_RANDOM ? checks->done : fairdraw_drawn_visit(checks),
					fairdraw_has_bits((fault - FAULT_FLAGS) % 2 == 0 ? FLAG_NULL << shift : (FLAG_TRUE | FLAG_FALSE) << shift));
}

/* All faults of a visit, as bits. */
char *
fairdraw_visit_faults(const Checks *checks)
{
	StringInfoData faults;

	initStringInfo(&faults);
	for (int fault = 0; fault < FAULTS_OF_VISITS; fault++)
	{
		char	   *condition = visit_fault(checks, fault);

		if (condition != NULL)
			appendStringInfo(&faults, "%sCASE WHEN %s THEN %d ELSE 0 END",
							 faults.len == 0 ? "" : " OPERATOR(pg_catalog.+) ", condition, 1 << fault);
	}
	return faults.data;
}

/*
 * Messages
 */

static char *
text_value(int column)
{
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);
}

/* The first row or visit that has the fault, as SPI_tuptable. */
static void
find_example(const Checks *checks, int fault)
{
	const char *grp = checks->columns[CHECK_GRP].found ? "grp::pg_catalog.text" : "NULL::pg_catalog.text";
	const char *from;
	const char *condition;
	char		table = 'v';

	if (fault < FAULTS_OF_VISITS)
	{
		from = fairdraw_visits(checks);
		condition = visit_fault(checks, fault);
	}
	else
	{
		from = psprintf("(%s\n) AS f", checks->query->text);
		condition = psprintf("%s IS NULL AND %s", fault == FAULT_NULL_ITEM ? "f.item" : "f.mobile", fairdraw_row_done(checks));
		table = 'f';
	}
	fairdraw_run_query(checks->query,
					   psprintf("SELECT e.* FROM (SELECT %s%s AS grp, %c.visit::pg_catalog.text AS visit,"
								" %c.uid::pg_catalog.text AS uid, %s AS other_uid FROM %s WHERE %s) AS e"
								" ORDER BY e.grp COLLATE pg_catalog.\"C\", e.visit COLLATE pg_catalog.\"C\" LIMIT 1",
								checks->columns[CHECK_GRP].found ? psprintf("%c.", table) : "", grp,
								table, table, table == 'v' ? "v.other_uid::pg_catalog.text" : "NULL::pg_catalog.text",
								from, condition), NULL);
	if (SPI_tuptable->numvals == 0)
		ereport(ERROR,
				(errcode(ERRCODE_TRANSACTION_ROLLBACK),
				 errmsg("the checks query returned other rows when it was run again"),
				 errhint("Use a query that returns the same rows each time.")));
}

/* `visit "..." of group "..."` */
static char *
shown_visit(void)
{
	char	   *grp = text_value(1);
	char	   *visit = text_value(2);

	if (visit == NULL)
		return "a row of the checks query";
	return grp == NULL ? psprintf("visit \"%s\"", visit)
		: psprintf("visit \"%s\" of group \"%s\"", visit, grp);
}

/* The error for a fault that there is. */
void
fairdraw_report_fault(const Checks *checks, int fault)
{
	const char *column;

	find_example(checks, fault);
	switch (fault)
	{
		case FAULT_NULL_GROUP:
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s has a null grp", shown_visit()),
					 errhint("Give rows without a group one of their own, for example with coalesce(grp, 'none').")));
			break;
		case FAULT_NULL_VISIT:
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("null visit in the checks query"),
					 errhint("Give each row the visit that it belongs to.")));
			break;
		case FAULT_NULL_UID:
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s has a null uid", shown_visit()),
					 errhint("Give each row the enterprise that is visited.")));
			break;
		case FAULT_TWO_UIDS:
			ereport(ERROR,
					(errcode(ERRCODE_CARDINALITY_VIOLATION),
					 errmsg("%s goes to more than one enterprise: \"%s\" and \"%s\"", shown_visit(), text_value(3), text_value(4)),
					 errhint("Number visits of different enterprises apart, as in visit || '/' || uid.")));
			break;
		case FAULT_ENDLESS_DAY:
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("%s has a done_on that is infinite", shown_visit()),
					 errhint("Leave it null until it is known.")));
			break;
		case FAULT_NULL_ITEM:
		case FAULT_NULL_MOBILE:
			column = fault == FAULT_NULL_ITEM ? "item" : "mobile";
			break;
		default:
			column = checks->columns[CHECK_RANDOM + (fault - FAULT_FLAGS) / 2].name;
			if ((fault - FAULT_FLAGS) % 2 == 1)
				ereport(ERROR,
						(errcode(ERRCODE_CARDINALITY_VIOLATION),
						 errmsg("rows of %s disagree on %s: true and false", shown_visit(), column),
						 errhint("It is a fact of the visit: give all rows of it the same.")));
	}
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s is done, and its %s is null", shown_visit(), column),
			 errhint("Say what it was; or leave the column out, and with it the indicator.")));
}
