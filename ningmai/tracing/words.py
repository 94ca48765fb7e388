"""What became of an event, in Chinese, for the engineers of the source system that asks."""

from collections.abc import Iterator

from ningmai.tracing.trace import Found, Refusal, Trace, Where

GRAINS = {"minute": "分钟", "hour": "小时", "day": "日"}
IMPOSSIBLE = "这不可能是事件编号：须为 1 至 64 个可打印的 ASCII 字符，首字符不得为空格。"
UNKNOWN = (
    "未见此事件：各主题的日志里都没有，拒收清单里也没有。请核对：",
    "1. 编号是否与发送时的 event_id 完全一致（区分大小写、前后空格）；",
    "2. 主题是否正确（{namespace}.<kind>），Kafka 地址是否为生产环境；",
    "3. 发送是否得到确认（acks=all；发送回调无错误，或 Publisher.flush() 正常返回）；",
    "4. 是否刚刚发出：入库截至下列时间，其后追加的尚未统计；拒收清单只保留 90 天。",
)


def told(trace: Trace, namespace: str) -> list[str]:
    """The answer, line by line; the first line is the verdict."""
    return list(_told(trace, namespace))


def _told(trace: Trace, namespace: str) -> Iterator[str]:
    if trace.state == "impossible":
        yield IMPOSSIBLE
        return
    if trace.state == "unknown":
        yield from (line.replace("{namespace}", namespace) for line in UNKNOWN)
        yield from (f"   {topic}：{appended}" for topic, appended in trace.log)
        return
    yield _verdict(trace)
    for found in trace.places:
        yield from _place(found)
    for one in trace.corrections:
        how = "冲正" if one.sign < 0 else "更正"
        note = "" if one.counts else "（重复，未计）"
        yield f"被 {one.event_id} {how}{note}：{_where(one.where)}"
    for refusal in trace.refusals:
        yield _refused(refusal)


def _verdict(trace: Trace) -> str:
    counted = [found for found in trace.places if found.counts]
    if trace.state == "refused":
        return "未计入：报文被拒收，不进任何指标。改正后用同一个 event_id 重发即可。"
    if trace.state == "retracted":
        return "已计入，后被冲正：两条相抵，净数为零。"
    if not counted:
        return "已收到，但没有一条计入：请联系平台运维。"
    extra = len(trace.places) - len(counted)
    months = "、".join(sorted({found.month for found in counted}))
    return f"已计入 {months}。" + (f"另收到重复 {extra} 次，均未重复计算。" if extra else "")


def _place(found: Found) -> Iterator[str]:
    if not found.counts:
        of = found.repeat_of
        whose = f"，与 {_where(of)} 重复" if of else ""
        yield f"未计（重复）：{_where(found.where)}{whose}"
        return
    kind = "冲正事件" if found.sign < 0 else "事件"
    yield f"计入的{kind}：{_where(found.where)}"
    content = "，".join(f"{name}={value}" for name, value in found.content.items() if value)
    yield f"   发生于 {found.occurred_at}，来源 {found.source}（{found.origin}）；{content}"
    if found.corrects:
        yield f"   {'冲正' if found.sign < 0 else '更正'}的是 {found.corrects}"
    if found.origin == "simulated":
        yield "   origin 为 simulated：模拟数据，不进月报。"
    if found.rollups:
        buckets = "，".join(f"{GRAINS[one.grain]} {one.bucket}" for one in found.rollups)
        first = found.rollups[0]
        yield f"   汇总于 {first.table}（区块 {first.block}）：{buckets}"


def _refused(refusal: Refusal) -> str:
    sure = "" if refusal.exact else "（报文中含有此编号，未必就是它的 event_id）"
    return f"拒收：{_where(refusal.where)}，原因 {refusal.reason}：{refusal.detail}{sure}"


def _where(where: Where) -> str:
    life = f" 第 {where.epoch} 代" if where.epoch > 1 else ""
    return (
        f"{where.topic}{life} 分区 {where.partition} 位点 {where.offset}，{where.appended_at} 追加"
    )
