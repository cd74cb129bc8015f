/*
 * result_code.c
 *		Type result_code: what an inspection found.
 */
#include "fairdraw.h"

#include "code_type.h"

#define PROBLEM		0x01		/* the inspection found a problem */
#define FOLLOW_UP	0x02		/* something has to be done after it */
#define CHECKED		0x04		/* the enterprise counts as inspected */

/*
 * The values and labels are those of the draft opinion of 2023, in its order
 * and with its ASCII punctuation; texts in circulation have it full-width.
 * (Indenting is off since pg_bsd_indent damages characters with a byte 0x80.)
 */
/* INDENT OFF */
static const FairdrawCode codes[] = {
	{"no_problem", "未发现问题", NULL,
		"no problem found", CHECKED},
	{"not_published", "未按规定公示应当公示的信息", NULL,
		"information not published as required", PROBLEM | FOLLOW_UP | CHECKED},
	{"false_information", "公示信息隐瞒真实情况弄虚作假", NULL,
		"published information conceals the truth or is false", PROBLEM | FOLLOW_UP | CHECKED},
	{"unreachable", "通过登记的住所(经营场所)无法联系", "通过登记的住所（经营场所）无法联系",
		"cannot be contacted at the registered address (place of business)", PROBLEM | FOLLOW_UP | CHECKED},
	{"refused", "不配合检查情节严重", NULL,
		"serious refusal to cooperate with the inspection", PROBLEM | FOLLOW_UP | CHECKED},
	{"no_activity", "未发现开展本次抽查涉及的经营活动", NULL,
		"no business activity covered by this inspection found", CHECKED},
	{"stop_ordered", "发现问题,依法责令停止", "发现问题，依法责令停止",
		"problem found, ordered to stop", PROBLEM | FOLLOW_UP | CHECKED},
	{"correction_ordered", "发现问题,依法责令立即改正或者限期改正", "发现问题，依法责令立即改正或者限期改正",
		"problem found, ordered to correct it at once or by a deadline", PROBLEM | FOLLOW_UP | CHECKED},
	{"pending", "发现问题,待后续调查处理", "发现问题，待后续调查处理",
		"problem found, pending further investigation", PROBLEM | FOLLOW_UP | CHECKED},
	{"other", "其他情况", NULL,
		"other circumstances", CHECKED},
};
/* INDENT ON */

StaticAssertDecl(lengthof(codes) == 10, "result_code has the values 1 to 10");

static FairdrawCodeType result_code = {
	.name = "result_code",
	.codes = codes,
	.ncodes = lengthof(codes),
	.numbered = true,
};

/* The place of a value, as output writes it; 0: there is none. */
int
fairdraw_result_code_place(const char *value)
{
	for (int i = 0; i < lengthof(codes); i++)
		if (strcmp(codes[i].value, value) == 0)
			return i + 1;
	return 0;
}

PG_FUNCTION_INFO_V1(fairdraw_result_code_in);

Datum
fairdraw_result_code_in(PG_FUNCTION_ARGS)
{
	return fairdraw_code_in(&result_code, fcinfo);
}

PG_FUNCTION_INFO_V1(fairdraw_result_code_out);

Datum
fairdraw_result_code_out(PG_FUNCTION_ARGS)
{
	return fairdraw_code_out(&result_code, fcinfo);
}

PG_FUNCTION_INFO_V1(fairdraw_result_code_recv);

Datum
fairdraw_result_code_recv(PG_FUNCTION_ARGS)
{
	return fairdraw_code_recv(&result_code, fcinfo);
}

PG_FUNCTION_INFO_V1(fairdraw_result_code_label);

Datum
fairdraw_result_code_label(PG_FUNCTION_ARGS)
{
	return fairdraw_code_label(&result_code, fcinfo);
}

static bool
has_flag(uint8 code, int flag)
{
	return (fairdraw_code_get(&result_code, code)->flags & flag) != 0;
}

PG_FUNCTION_INFO_V1(fairdraw_result_code_is_problem);

Datum
fairdraw_result_code_is_problem(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_flag(PG_GETARG_CODE(0), PROBLEM));
}

PG_FUNCTION_INFO_V1(fairdraw_result_code_needs_follow_up);

Datum
fairdraw_result_code_needs_follow_up(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_flag(PG_GETARG_CODE(0), FOLLOW_UP));
}

PG_FUNCTION_INFO_V1(fairdraw_result_code_counts_as_checked);

Datum
fairdraw_result_code_counts_as_checked(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_flag(PG_GETARG_CODE(0), CHECKED));
}
