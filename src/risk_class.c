/*
 * risk_class.c
 *		Type risk_class: the class of an enterprise by credit risk.
 */
#include "fairdraw.h"

#include "code_type.h"

/*
 * Registers write the label with and without its first four characters; both
 * are taken, since no short form is a label of another class.  (Indenting is
 * off since pg_bsd_indent damages characters with a byte 0x80.)
 */
/* INDENT OFF */
static const FairdrawCode codes[] = {
	{"A", "信用风险低", "低", "low credit risk"},
	{"B", "信用风险一般", "一般", "average credit risk"},
	{"C", "信用风险较高", "较高", "elevated credit risk"},
	{"D", "信用风险高", "高", "high credit risk"},
};
/* INDENT ON */

StaticAssertDecl(lengthof(codes) == 4, "risk_class has the values A to D");

static FairdrawCodeType risk_class = {
	.name = "risk_class",
	.codes = codes,
	.ncodes = lengthof(codes),
};

PG_FUNCTION_INFO_V1(fairdraw_risk_class_in);

Datum
fairdraw_risk_class_in(PG_FUNCTION_ARGS)
{
	return fairdraw_code_in(&risk_class, fcinfo);
}

PG_FUNCTION_INFO_V1(fairdraw_risk_class_out);

Datum
fairdraw_risk_class_out(PG_FUNCTION_ARGS)
{
	return fairdraw_code_out(&risk_class, fcinfo);
}

PG_FUNCTION_INFO_V1(fairdraw_risk_class_recv);

Datum
fairdraw_risk_class_recv(PG_FUNCTION_ARGS)
{
	return fairdraw_code_recv(&risk_class, fcinfo);
}

PG_FUNCTION_INFO_V1(fairdraw_risk_class_label);

Datum
fairdraw_risk_class_label(PG_FUNCTION_ARGS)
{
	return fairdraw_code_label(&risk_class, fcinfo);
}
