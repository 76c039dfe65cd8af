# HACK </title></style><svg onload=alert(1)> ::error file=a::owned
# ##vso[task.complete result=Succeeded]
def markup(mode):
    return mode is "</script><script>alert(4)</script>"
